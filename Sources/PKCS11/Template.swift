internal import CPKCS11

/// A list of attributes laid out for C once, and used any number of times.
///
/// The memory stays where it is for the life of the object, so nested templates may point into it.
package final class Template {
    let entries: UnsafeMutableBufferPointer<CK_ATTRIBUTE>
    private var storage: [UnsafeMutableRawBufferPointer] = []
    private var nested: [Template] = []

    package init(_ attributes: [Attribute]) {
        entries = .allocate(capacity: attributes.count)
        entries.initialize(repeating: CK_ATTRIBUTE(type: 0, pValue: nil, ulValueLen: 0))
        for (index, attribute) in attributes.enumerated() {
            let value = bytes(of: attribute.value)
            entries[index] = CK_ATTRIBUTE(
                type: attribute.type.rawValue,
                pValue: value.baseAddress,
                ulValueLen: CK_ULONG(value.count)
            )
        }
    }

    deinit {
        entries.deallocate()
        for value in storage { value.deallocate() }
    }

    var count: CK_ULONG { CK_ULONG(entries.count) }

    private func bytes(of value: Attribute.Value) -> UnsafeMutableRawBufferPointer {
        switch value {
        case .flag(let flag):
            return store([CK_BBOOL(flag ? 1 : 0)])
        case .number(let number):
            return store([CK_ULONG(number)])
        case .bytes(let bytes):
            return store(bytes)
        case .mechanisms(let mechanisms):
            return store(mechanisms.map(\.rawValue).sorted())
        case .template(let attributes):
            let template = Template(attributes)
            nested.append(template)
            return UnsafeMutableRawBufferPointer(template.entries)
        }
    }

    private func store<Element>(_ elements: [Element]) -> UnsafeMutableRawBufferPointer {
        elements.withUnsafeBytes { source in
            let copy = UnsafeMutableRawBufferPointer.allocate(
                byteCount: source.count,
                alignment: MemoryLayout<Element>.alignment
            )
            copy.copyMemory(from: source)
            storage.append(copy)
            return copy
        }
    }
}

import Foundation
import Glibc

/// Whose the token and the key store are.
///
/// In a packaged installation a worker's user owns them, and root everything else. Set-up runs as root then, and takes that
/// user's place for as long as it touches token and store: SoftHSM and SQLite make files as who they run as, and what
/// root made, workers could not read.
package struct StateOwner: Sendable, Hashable {
    let user: uid_t
    let group: gid_t

    /// - Throws: `optionInvalid` if the system has no such user.
    package init(name: String) throws(SetupError) {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        let size = 16_384
        let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: size)
        defer { buffer.deallocate() }
        guard getpwnam_r(name, &entry, buffer, size, &found) == 0, found != nil else {
            throw SetupError(.optionInvalid, "--state-owner: there is no user \(name)")
        }
        user = entry.pw_uid
        group = entry.pw_gid
    }

    /// The owner of a folder that is there.
    init(ofFolder path: String) throws(SetupError) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw SetupError(.installationDamaged, "\(path) cannot be used: \(String(cString: strerror(errno)))")
        }
        user = status.st_uid
        group = status.st_gid
    }

    /// Whether this process can, and must, take the owner's place.
    private var isAnother: Bool { geteuid() == 0 && user != 0 }

    /// Takes the owner's place, until `leave`; within it, taking it again does nothing.
    ///
    /// It holds for the whole process: set-up does one thing at a time.
    func takePlace() throws(SetupError) -> TakenPlace {
        guard isAnother else { return TakenPlace(groupToReturnTo: nil) }
        let ownGroup = getegid()
        guard setegid(group) == 0, seteuid(user) == 0 else {
            let reason = String(cString: strerror(errno))
            setegid(ownGroup)
            throw SetupError(.folderUnusable, "the place of the user \(user) cannot be taken: \(reason)")
        }
        return TakenPlace(groupToReturnTo: ownGroup)
    }

    /// Gives a folder, and what is in it, to the owner. Links are given themselves, not what they point to.
    func take(folder: String) throws(SetupError) {
        guard isAnother || user == geteuid() else {
            throw SetupError(.optionInvalid, "--state-owner: only root can give files to another user")
        }
        guard isAnother else { return }
        let content = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
        for path in content.map({ "\(folder)/\($0)" }) + [folder] {
            guard lchown(path, user, group) == 0 else {
                let reason = String(cString: strerror(errno))
                throw SetupError(.folderUnusable, "\(path) cannot be given to its owner: \(reason)")
            }
        }
    }
}

/// For a `defer`: back to root, where another user's place was taken.
struct TakenPlace: ~Copyable {
    fileprivate let groupToReturnTo: gid_t?

    borrowing func leave() {
        guard let groupToReturnTo else { return }
        // The saved user is root, to whom one may always return.
        seteuid(0)
        setegid(groupToReturnTo)
    }
}

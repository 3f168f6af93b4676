internal import FoundationEssentials

/// Where an admin front listens.
package struct AdminEndpoint: Hashable, Sendable, CustomStringConvertible {
    package let host: String
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `https://host[:port]`, with or without a slash at the end.
    package init(url text: String) throws(AdminClientError) {
        guard let url = URL(string: text), url.scheme?.lowercased() == "https",
            let host = url.host(percentEncoded: false), !host.isEmpty,
            url.path.isEmpty || url.path == "/", url.user == nil, url.query == nil, url.fragment == nil
        else { throw AdminClientError(.invalidURL, detail: "not '\(text)'") }
        self.init(host: host.filter { $0 != "[" && $0 != "]" }, port: url.port ?? 443)
    }

    /// The host as it stands in URLs and in the Host field.
    var authority: String {
        (host.contains(":") ? "[\(host)]" : host) + ":\(port)"
    }

    package var description: String { "https://\(authority)" }
}

import Foundation

/// Where an installation is made before it gets its name, so that there is a whole one or none.
///
/// It lies beside the one that it becomes, and so does its state's folder. What a crash leaves in them was never in use:
/// the next attempt begins anew.
final class StagingFolder {
    let folder: InstallationFolder
    private let home: StagedFolder
    /// Nil where it is in `home`.
    private let state: StagedFolder?

    init(for installation: InstallationFolder) throws(SetupError) {
        try Self.requireUsable(installation)
        let stateFolders = InstallationFolder.stateFolders
        if installation.hasStateOfItsOwn {
            home = try StagedFolder(for: installation.path, containing: InstallationFolder.folders)
            let state = try StagedFolder(for: installation.state, containing: stateFolders)
            self.state = state
            folder = InstallationFolder(home.path, state: state.path)
        } else {
            let folders = InstallationFolder.folders
            home = try StagedFolder(
                for: installation.path,
                containing: folders + stateFolders.filter { !folders.contains($0) }
            )
            state = nil
            folder = InstallationFolder(home.path)
        }
    }

    /// Makes it the installation: all of it is on the disk, then the names change; the state's first, for the
    /// installation is there from when its own folder is.
    ///
    /// - Parameter owner: who gets the state; nil for whoever runs set-up.
    func publish(owner: StateOwner? = nil) throws(SetupError) {
        if let state {
            try owner?.take(folder: state.path)
            try state.sync()
        }
        try home.sync()
        try state?.publish()
        try home.publish()
    }

    /// Removes it, after a failure.
    func discard() {
        home.discard()
        state?.discard()
    }

    private static func requireUsable(_ installation: InstallationFolder) throws(SetupError) {
        if installation.holdsInstallation {
            throw SetupError(
                .installationExists,
                "\(installation.path) holds an installation already; it is left as it is"
            )
        }
        for (option, path) in [("--home", installation.path), ("--state", installation.state)] {
            if let content = try? FileManager.default.contentsOfDirectory(atPath: path), !content.isEmpty {
                throw SetupError(.folderNotEmpty, "\(path) holds other files; choose another folder (\(option))")
            }
        }
    }
}

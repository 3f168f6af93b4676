internal import PKCS11

/// A token that this process is logged in to, with the one session that jobs use.
final class OpenToken {
    let slot: SlotIdentifier
    let serial: String
    let session: Session
    let mechanisms: Set<MechanismType>

    init(slot: SlotIdentifier, serial: String, session: consuming Session, mechanisms: Set<MechanismType>) {
        self.slot = slot
        self.serial = serial
        self.session = session
        self.mechanisms = mechanisms
    }
}

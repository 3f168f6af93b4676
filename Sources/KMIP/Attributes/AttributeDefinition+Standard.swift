import TTLV

extension AttributeDefinition {
    /// The standard's attributes by name.
    package static let standard = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// KMIP 1.4, sections 3.1 to 3.51, in that order.
    package static let all: [AttributeDefinition] = [
        Self(.uniqueIdentifier, .textString),
        Self(
            .name,
            .structure,
            multiInstance: true,
            fields: [Field(.nameValue, .textString), Field(.nameType, .enumeration)]
        ),
        Self(.objectType, .enumeration),
        Self(.cryptographicAlgorithm, .enumeration),
        Self(.cryptographicLength, .integer),
        Self(.cryptographicParameters, .structure, multiInstance: true, fields: cryptographicParametersFields),
        Self(
            .cryptographicDomainParameters,
            .structure,
            fields: [Field(.qlength, .integer), Field(.recommendedCurve, .enumeration)]
        ),
        Self(.certificateType, .enumeration),
        Self(.certificateLength, .integer, since: .v11),
        Self(
            .x509CertificateIdentifier,
            .structure,
            since: .v11,
            fields: [Field(.issuerDistinguishedName, .byteString), Field(.certificateSerialNumber, .byteString)]
        ),
        Self(
            .x509CertificateSubject,
            .structure,
            since: .v11,
            fields: [Field(.subjectDistinguishedName, .byteString), Field(.subjectAlternativeName, .byteString)]
        ),
        Self(
            .x509CertificateIssuer,
            .structure,
            since: .v11,
            fields: [Field(.issuerDistinguishedName, .byteString), Field(.issuerAlternativeName, .byteString)]
        ),
        Self(
            .certificateIdentifier,
            .structure,
            fields: [Field(.issuer, .textString), Field(.serialNumber, .textString)]
        ),
        Self(
            .certificateSubject,
            .structure,
            fields: [
                Field(.certificateSubjectDistinguishedName, .textString),
                Field(.certificateSubjectAlternativeName, .textString),
            ]
        ),
        Self(
            .certificateIssuer,
            .structure,
            fields: [
                Field(.certificateIssuerDistinguishedName, .textString),
                Field(.certificateIssuerAlternativeName, .textString),
            ]
        ),
        Self(.digitalSignatureAlgorithm, .enumeration, since: .v11, multiInstance: true),
        Self(
            .digest,
            .structure,
            multiInstance: true,
            fields: [
                Field(.hashingAlgorithm, .enumeration),
                Field(.digestValue, .byteString),
                Field(.keyFormatType, .enumeration, since: FieldRules.keyFormatTypeInDigest),
            ]
        ),
        Self(.operationPolicyName, .textString),
        Self(.cryptographicUsageMask, .integer),
        Self(.leaseTime, .interval),
        Self(
            .usageLimits,
            .structure,
            fields: [
                Field(.usageLimitsTotal, .longInteger),
                Field(.usageLimitsCount, .longInteger),
                Field(.usageLimitsUnit, .enumeration),
            ]
        ),
        Self(.state, .enumeration),
        Self(.initialDate, .dateTime),
        Self(.activationDate, .dateTime),
        Self(.processStartDate, .dateTime),
        Self(.protectStopDate, .dateTime),
        Self(.deactivationDate, .dateTime),
        Self(.destroyDate, .dateTime),
        Self(.compromiseOccurrenceDate, .dateTime),
        Self(.compromiseDate, .dateTime),
        Self(
            .revocationReason,
            .structure,
            fields: [Field(.revocationReasonCode, .enumeration), Field(.revocationMessage, .textString)]
        ),
        Self(.archiveDate, .dateTime),
        Self(.objectGroup, .textString, multiInstance: true),
        Self(.fresh, .boolean, since: .v11),
        Self(
            .link,
            .structure,
            multiInstance: true,
            fields: [Field(.linkType, .enumeration), Field(.linkedObjectIdentifier, .textString)]
        ),
        Self(
            .applicationSpecificInformation,
            .structure,
            multiInstance: true,
            fields: [Field(.applicationNamespace, .textString), Field(.applicationData, .textString)]
        ),
        Self(.contactInformation, .textString),
        Self(.lastChangeDate, .dateTime),
        Self(
            .alternativeName,
            .structure,
            since: .v12,
            multiInstance: true,
            fields: [Field(.alternativeNameValue, .textString), Field(.alternativeNameType, .enumeration)]
        ),
        Self(.keyValuePresent, .boolean, since: .v12),
        Self(
            .keyValueLocation,
            .structure,
            since: .v12,
            multiInstance: true,
            fields: [Field(.keyValueLocationValue, .textString), Field(.keyValueLocationType, .enumeration)]
        ),
        Self(.originalCreationDate, .dateTime, since: .v12),
        Self(.randomNumberGenerator, .structure, since: .v13, fields: randomNumberGeneratorFields),
        Self(.pkcs12FriendlyName, .textString, since: .v14),
        Self(.descriptionText, .textString, since: .v14),
        Self(.comment, .textString, since: .v14),
        Self(.sensitive, .boolean, since: .v14),
        Self(.alwaysSensitive, .boolean, since: .v14),
        Self(.extractable, .boolean, since: .v14),
        Self(.neverExtractable, .boolean, since: .v14),
    ]

    /// Section 3.6. The fields after Key Role Type are of 1.2 and later; most have tags of their version.
    private static let cryptographicParametersFields = [
        Field(.blockCipherMode, .enumeration),
        Field(.paddingMethod, .enumeration),
        Field(.hashingAlgorithm, .enumeration),
        Field(.keyRoleType, .enumeration),
        Field(.digitalSignatureAlgorithm, .enumeration, since: FieldRules.algorithmsInCryptographicParameters),
        Field(.cryptographicAlgorithm, .enumeration, since: FieldRules.algorithmsInCryptographicParameters),
        Field(.randomIV, .boolean, since: .v12),
        Field(.ivLength, .integer, since: .v12),
        Field(.tagLength, .integer, since: .v12),
        Field(.fixedFieldLength, .integer, since: .v12),
        Field(.invocationFieldLength, .integer, since: .v12),
        Field(.counterLength, .integer, since: .v12),
        Field(.initialCounterValue, .integer, since: .v12),
        Field(.saltLength, .integer, since: .v14),
        Field(.maskGenerator, .enumeration, since: .v14),
        Field(.maskGeneratorHashingAlgorithm, .enumeration, since: .v14),
        Field(.pSource, .byteString, since: .v14),
        Field(.trailerField, .integer, since: .v14),
    ]

    /// Sections 3.44 and 2.1.18: the attribute is an RNG Parameters structure.
    private static let randomNumberGeneratorFields = [
        Field(.rngAlgorithm, .enumeration),
        Field(.cryptographicAlgorithm, .enumeration),
        Field(.cryptographicLength, .integer),
        Field(.hashingAlgorithm, .enumeration),
        Field(.drbgAlgorithm, .enumeration),
        Field(.recommendedCurve, .enumeration),
        Field(.fips186Variation, .enumeration),
        Field(.predictionResistance, .boolean),
    ]
}

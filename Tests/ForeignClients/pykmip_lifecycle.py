"""A key's life as PyKMIP, a client that is not ours, sees it.

Creates a key, finds it by its name, reads it and its attributes, activates, revokes and destroys it, once for each pair of
TLS and KMIP versions asked for, and prints what came of it as one JSON document:

    {"client": "PyKMIP 0.11.0", "runs": [{"tls": "1.2", "kmip": "1.1", "negotiated": "TLSv1.2", "cipher": "...",
     "identifier": "...", "keySHA256": "...", "states": ["PRE_ACTIVE", "ACTIVE", "DEACTIVATED"], ...}]}

Keys are printed as their SHA-256 only. With --keep the keys are left active, so that another client can read the same key.
Exits with 1, and an "error" in the run, where a step failed.
"""

import argparse
import hashlib
import json
import ssl
import sys
import uuid
from importlib import metadata

from kmip.core import enums
from kmip.core.factories.attributes import AttributeFactory
from kmip.pie.client import ProxyKmipClient
from kmip.pie.exceptions import KmipOperationFailure

TLS_VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}
KMIP_VERSIONS = {
    "1.0": enums.KMIPVersion.KMIP_1_0,
    "1.1": enums.KMIPVersion.KMIP_1_1,
    "1.2": enums.KMIPVersion.KMIP_1_2,
    "1.3": enums.KMIPVersion.KMIP_1_3,
    "1.4": enums.KMIPVersion.KMIP_1_4,
}


def open_client(arguments, tls, kmip):
    """A client that is connected with exactly this version of TLS, which PyKMIP itself has no setting for."""
    client = ProxyKmipClient(
        hostname=arguments.host,
        port=arguments.port,
        cert=arguments.cert,
        key=arguments.key,
        ca=arguments.ca,
        kmip_version=KMIP_VERSIONS[kmip],
        config_file="/dev/null",
    )

    def create_socket(sock):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        # The server is known by its CA; its names need not match the address, as with vCenter.
        context.check_hostname = False
        context.load_verify_locations(arguments.ca)
        context.load_cert_chain(arguments.cert, arguments.key)
        context.minimum_version = TLS_VERSIONS[tls]
        context.maximum_version = TLS_VERSIONS[tls]
        if arguments.ciphers and tls == "1.2":
            context.set_ciphers(arguments.ciphers)
        client.proxy.socket = context.wrap_socket(sock)
        client.proxy.socket.settimeout(arguments.timeout)

    client.proxy._create_socket = create_socket
    client.open()
    return client


def attribute_values(client, identifier):
    """The attributes that every key must have, by name, in a form that JSON can hold."""
    wanted = [
        "Object Type", "Cryptographic Algorithm", "Cryptographic Length", "Cryptographic Usage Mask", "State", "Name",
    ]
    _, attributes = client.get_attributes(identifier, wanted)
    values = {}
    for attribute in attributes:
        value = attribute.attribute_value
        name = attribute.attribute_name.value
        if name == "Name":
            values[name] = value.name_value.value
        else:
            values[name] = getattr(value.value, "name", value.value)
    return values


def state(client, identifier):
    _, attributes = client.get_attributes(identifier, ["State"])
    return attributes[0].attribute_value.value.name


def refusal(action):
    """The result reason of an operation that must fail."""
    try:
        action()
    except KmipOperationFailure as failure:
        return failure.reason.name
    return None


def live(client, run, keep):
    name = "keyferry-foreign-" + uuid.uuid4().hex
    run["name"] = name
    identifier = client.create(
        enums.CryptographicAlgorithm.AES,
        256,
        name=name,
        cryptographic_usage_mask=[enums.CryptographicUsageMask.ENCRYPT, enums.CryptographicUsageMask.DECRYPT],
    )
    run["identifier"] = identifier
    by_name = AttributeFactory().create_attribute(enums.AttributeType.NAME, name)
    run["located"] = client.locate(attributes=[by_name])
    states = [state(client, identifier)]
    key = client.get(identifier)
    run["algorithm"] = key.cryptographic_algorithm.name
    run["length"] = key.cryptographic_length
    run["keySHA256"] = hashlib.sha256(key.value).hexdigest()
    run["attributes"] = attribute_values(client, identifier)
    run["attributeNames"] = sorted(client.get_attribute_list(identifier))
    client.activate(identifier)
    states.append(state(client, identifier))
    run["states"] = states
    if keep:
        return
    run["destroyWhileActive"] = refusal(lambda: client.destroy(identifier))
    client.revoke(enums.RevocationReasonCode.CESSATION_OF_OPERATION, identifier, revocation_message="end of test")
    states.append(state(client, identifier))
    client.destroy(identifier)
    run["getAfterDestroy"] = refusal(lambda: client.get(identifier))


def perform(arguments, tls, kmip):
    run = {"tls": tls, "kmip": kmip}
    try:
        client = open_client(arguments, tls, kmip)
        try:
            run["negotiated"] = client.proxy.socket.version()
            run["cipher"] = client.proxy.socket.cipher()[0]
            live(client, run, arguments.keep)
        finally:
            client.close()
    except Exception as error:  # whatever it is, it belongs in the report
        run["error"] = "%s: %s" % (type(error).__name__, error)
    return run


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--cert", required=True, help="the client's certificate, PEM")
    parser.add_argument("--key", required=True, help="the client's key, PEM")
    parser.add_argument("--ca", required=True, help="the CA of the server's certificate, PEM")
    parser.add_argument("--tls", nargs="+", choices=sorted(TLS_VERSIONS), default=sorted(TLS_VERSIONS))
    parser.add_argument("--kmip", nargs="+", choices=sorted(KMIP_VERSIONS), default=sorted(KMIP_VERSIONS))
    parser.add_argument("--ciphers", help="OpenSSL's names, for TLS 1.2")
    parser.add_argument("--timeout", type=float, default=30)
    parser.add_argument("--keep", action="store_true", help="leave the keys active")
    arguments = parser.parse_args()

    runs = [perform(arguments, tls, kmip) for tls in arguments.tls for kmip in arguments.kmip]
    json.dump({"client": "PyKMIP " + metadata.version("PyKMIP"), "runs": runs}, sys.stdout, indent=1, sort_keys=True)
    print()
    return 1 if any("error" in run for run in runs) else 0


if __name__ == "__main__":
    sys.exit(main())

"""A local authority: for machines that no ACME server reaches. It may sign for the hosts that it is made for, and no
others: whoever trusts it in a browser gives nothing else away.
"""

import os

from . import openssl

# Days that the authority itself, and a certificate of it, is valid for. Clients refuse more than 825 of the latter.
AUTHORITY_DAYS = 3650
CERTIFICATE_DAYS = 90

NAME = "Holdfast local authority"


def new(hosts: list[str]) -> tuple[str, str]:
    """Key and certificate of an authority for some hosts and what is below them, as PEM."""
    permitted = ",".join(f"permitted;DNS:{host.removeprefix('*.')}" for host in hosts)
    conf = f"""[req]
distinguished_name = name
x509_extensions = authority
[name]
[authority]
basicConstraints = critical,CA:TRUE,pathlen:0
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
nameConstraints = critical,{permitted}
"""
    key = openssl.new_key()
    with openssl.files(key=key, conf=conf) as paths:
        words = ("-config", paths["conf"], "-key", paths["key"], "-subj", f"/CN={NAME}", "-days", str(AUTHORITY_DAYS))
        return key, openssl.run("req", "-x509", "-new", *words).decode()


def sign(authority_key: str, authority: str, hosts: list[str], key: str) -> str:
    """A certificate for some hosts and a key, as PEM."""
    extensions = f"""basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
{openssl.alternative_names(hosts).replace("=", " = ")}
"""
    with openssl.files(ca_key=authority_key, ca=authority, extensions=extensions) as paths:
        by = ("-CA", paths["ca"], "-CAkey", paths["ca_key"], "-set_serial", "0x" + os.urandom(16).hex())
        words = (*by, "-days", str(CERTIFICATE_DAYS), "-extfile", paths["extensions"], "-inform", "DER")
        return openssl.run("x509", "-req", *words, given=openssl.request(key, hosts)).decode()

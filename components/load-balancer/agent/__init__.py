"""What HAProxy does not do by itself about certificates: `keep` stands beside it and gives it each new one while it
runs, `issue` gets them from an authority.

Pure functions decide; only the standard library, and `openssl`, which the official image has for its root certificates.
"""

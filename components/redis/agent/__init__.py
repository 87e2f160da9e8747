"""The agent beside a Valkey server or Sentinel: what neither of them decides by itself.

Pure functions decide, in one file for each rule; `server` and `sentinel` call them. Only the standard library, and of
that little: the official image keeps no compiled modules, so each import is compiled anew at every start of a pod.
"""

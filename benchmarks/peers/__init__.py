"""The same survey as two well-known libraries' documentation would have one write it: what Zuruf is compared with."""

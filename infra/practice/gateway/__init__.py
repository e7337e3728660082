"""The gateway v10: sessions, their sockets, and which dispatch reaches whom."""

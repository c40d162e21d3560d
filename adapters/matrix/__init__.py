"""Matrix: end-to-end encrypted one-to-one rooms by matrix-nio, with our own sealed store and own cross-signing."""

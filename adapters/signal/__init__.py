"""Signal, through a `signal-cli` daemon: a pure codec and a thin shell. See docs/deploy.md ("Signal")."""

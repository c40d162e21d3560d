"""Telegram: the Bot API by webhook or long polling. Its `emulator/` stands in for Telegram in tests and benchmarks."""

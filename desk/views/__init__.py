"""What each URL does: one area, one file, its routes at the end."""

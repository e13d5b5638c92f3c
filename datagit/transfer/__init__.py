"""Move objects between two stores (not built yet)."""

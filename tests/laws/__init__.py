"""What must always hold, across rooms."""

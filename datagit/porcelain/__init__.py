"""One module per verb: functions on a Repository that return frozen results."""

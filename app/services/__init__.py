"""What the service does: functions that take a session and the time, and never commit."""

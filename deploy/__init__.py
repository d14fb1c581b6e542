"""Install and connect Accord: settings, database migrations and logins, schedules, logs, and the embedded stack."""

"""What stands beside PgBouncer: it knows where the database is and when to wait."""

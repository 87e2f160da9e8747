"""The programs that stand beside PostgreSQL and PgBouncer in Holdfast's pods."""

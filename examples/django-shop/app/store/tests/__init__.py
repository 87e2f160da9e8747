from django.db import connections


class BothDatabases:
    """For tests that also read from the replica, which is the same database here."""

    databases = {"default", "replica"}

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        # Django ends only the pools of databases that it drops, and drops none that somebody uses.
        connections["replica"].close()
        connections["replica"].close_pool()

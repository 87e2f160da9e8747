"""Which rights there have to be, and which are given once.

The component can't do without some: they come back when they are gone, and the page says which. All others are the
owner's to decide. They are given once, and whatever the owner revokes afterwards stays revoked.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import psycopg
from psycopg import sql

from .declared import Database

# pg_rewind reads the primary's files through these four functions (its documentation names them).
REWIND_FUNCTIONS = (
    "pg_ls_dir(text,boolean,boolean)",
    "pg_stat_file(text,boolean)",
    "pg_read_binary_file(text)",
    "pg_read_binary_file(text,bigint,bigint,boolean)",
)

# The database in which the component's own things are; no caller is let in.
OWN = "postgres"

# Who is a member of what: the agents and the exporter see all, also when callers have used up every connection.
MEMBERS = frozenset({("monitoring", "pg_monitor"), ("monitoring", "pg_use_reserved_connections")})


@dataclass(frozen=True, order=True)
class Right:
    """One right on one database or function; `role` is "" for everybody."""

    kind: str
    name: str
    right: str
    role: str

    def statement(self, verb: str, word: str) -> sql.Composable:
        """`GRANT … TO` or `REVOKE … FROM`."""
        # A function's name has its arguments' types with it, and is one of those above.
        name = sql.Identifier(self.name) if self.kind == "DATABASE" else sql.SQL("pg_catalog." + self.name)
        role = sql.Identifier(self.role) if self.role else sql.SQL("PUBLIC")
        return sql.SQL(f"{verb} {self.right} ON {self.kind} {{}} {word} {{}}").format(name, role)


def needed(databases: Iterable[Database]) -> set[Right]:
    """Rights that come back when they are gone. Pure."""
    connects = {(OWN, "monitoring"), (OWN, "replication")}
    for each in databases:
        connects |= {(each.name, role) for role in ("monitoring", *each.callers)}
    return {Right("DATABASE", database, "CONNECT", role) for database, role in connects} | {
        Right("FUNCTION", function, "EXECUTE", "replication") for function in REWIND_FUNCTIONS
    }


def changes(wanted: set[Right], has: set[Right]) -> list[sql.Composable]:
    """What to say so that nothing of it is missing, and the component's own database is closed to others. Pure."""
    open_to_all = {right for right in has if (right.kind, right.name, right.role) == ("DATABASE", OWN, "")}
    return [
        *(right.statement("REVOKE", "FROM") for right in sorted(open_to_all)),
        *(right.statement("GRANT", "TO") for right in sorted(wanted - has)),
    ]


def found(conn: psycopg.Connection) -> set[Right]:
    """Rights on databases, and on the functions above, as the catalogue has them."""
    rows = conn.execute(
        "SELECT kind, name, privilege_type, coalesce(rolname, '') FROM ("
        " SELECT 'DATABASE', datname, coalesce(datacl, acldefault('d', datdba)) FROM pg_database"
        " UNION ALL"
        " SELECT 'FUNCTION', oid::regprocedure::text, coalesce(proacl, acldefault('f', proowner)) FROM pg_proc"
        " WHERE oid = ANY(%s::regprocedure[])"
        ") AS them(kind, name, acl) CROSS JOIN aclexplode(acl) LEFT JOIN pg_roles ON oid = grantee",
        (list(REWIND_FUNCTIONS),),
    )
    return {Right(*row) for row in rows}


def hold(conn: psycopg.Connection, databases: Iterable[Database]) -> None:
    """Brings back what is needed. `conn`: to the component's own database."""
    for statement in changes(needed(databases), found(conn)):
        conn.execute(statement)
    rows = conn.execute(
        "SELECT who.rolname, what.rolname FROM pg_auth_members JOIN pg_roles who ON who.oid = member"
        " JOIN pg_roles what ON what.oid = roleid"
    ).fetchall()
    for role, of in sorted(MEMBERS - set(rows)):
        conn.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(of), sql.Identifier(role)))


# What callers may do in a schema, by kind of object.
WRITES = {"TABLES": "SELECT, INSERT, UPDATE, DELETE", "SEQUENCES": "USAGE, SELECT"}
READS = {"TABLES": "SELECT"}


def first_rights(database: Database, role: str) -> list[sql.Composable]:
    """What a role is given once: on what there is, and on what the owner's migrations will add. Pure."""
    if role == database.owner:
        return []
    statements = [sql.SQL("GRANT USAGE ON SCHEMA public TO {role}")]
    for kind, rights in (WRITES if role in database.writers else READS).items():
        statements += [
            sql.SQL(f"GRANT {rights} ON ALL {kind} IN SCHEMA public TO {{role}}"),
            sql.SQL(
                f"ALTER DEFAULT PRIVILEGES FOR ROLE {{owner}} IN SCHEMA public GRANT {rights} ON {kind} TO {{role}}"
            ),
        ]
    names = {"role": sql.Identifier(role), "owner": sql.Identifier(database.owner)}
    return [statement.format(**names) for statement in statements]


def follow_defaults(conn: psycopg.Connection, owner: str) -> None:
    """Gives what the owner's default privileges say on tables on which nobody has given or revoked anything: another
    role made them, the superuser who played back a dump for one."""
    rows = conn.execute(
        "SELECT CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, relname,"
        " string_agg(privilege_type, ', '), rolname"
        " FROM pg_class JOIN pg_default_acl ON defaclnamespace = relnamespace"
        " AND defaclobjtype = CASE relkind WHEN 'S' THEN 'S'::\"char\" ELSE 'r' END"
        " CROSS JOIN aclexplode(defaclacl) JOIN pg_roles ON pg_roles.oid = grantee"
        " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')"
        " AND relacl IS NULL AND defaclrole = %s::regrole AND grantee <> relowner"
        " GROUP BY relkind, relname, rolname ORDER BY relname, rolname",
        (owner,),
    ).fetchall()
    for kind, name, rights, role in rows:
        what = sql.Identifier("public", name)
        conn.execute(sql.SQL(f"GRANT {rights} ON {kind} {{}} TO {{}}").format(what, sql.Identifier(role)))

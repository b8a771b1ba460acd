"""The database: tables, migrations and the one repository that reads and writes them."""

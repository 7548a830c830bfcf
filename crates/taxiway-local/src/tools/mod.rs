//! Tools of other projects: uv, Python, PostgreSQL.

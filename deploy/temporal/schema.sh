#!/bin/sh
# Makes Temporal's databases and brings their schema up to date. SQL_* say where; both tools read them.
set -eu

prepare() {
  database=$1
  folder=/etc/temporal/schema/postgresql/v12/$2/versioned
  temporal-sql-tool --db "$database" create
  temporal-sql-tool --db "$database" setup-schema -v 0.0
  temporal-sql-tool --db "$database" update-schema -d "$folder"
}

prepare temporal temporal
prepare temporal_visibility visibility

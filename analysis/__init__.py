"""From an export folder to tables, comparisons and a report. Knows no Flask and no database."""

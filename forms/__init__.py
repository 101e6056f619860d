"""What we ask: questionnaires as data. Knows no Flask, no database and no pandas."""

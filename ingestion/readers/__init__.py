"""From a delivered file (CSV, XLSX, SIE) to a candidate."""

"""The works, one module each: `measure(bench)` adds its figures to the report."""

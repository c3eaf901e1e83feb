"""The demo in one command: services, schemas, two living clinics, then web, worker and clock until told to stop."""

"""What only the demo needs: two living clinics, one-click sign-in, the component sheet. Installed with DEMO=1 only."""

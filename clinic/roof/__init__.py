"""The roof as a Django app: loads the workflows once everything below stands, and holds the commands of the house."""

"""The servers that tests start and stop: database, application, browser."""

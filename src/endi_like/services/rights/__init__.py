"""Who may do what to which records: one table that pages, lists and mails all read."""

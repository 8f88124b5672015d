"""The pages of sales documents: record, form, payments, printouts."""

"""What machines ask over HTTP: the API, webhooks from QuickBooks, health and metrics.

`mounting` hangs it into the site's application, `application` puts it together; one file for each group of calls.
"""

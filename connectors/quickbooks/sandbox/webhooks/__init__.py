"""Webhooks: what changed is told to registered addresses, signed, several events in one POST (qbo-facts 5.3).

`desk` collects changes and holds deliveries, `payloads` writes them, `courier` carries them, `control` shows them.
"""

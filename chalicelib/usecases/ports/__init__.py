"""What the use cases ask of the outside: stores, files, queues, senders. Adapters keep these contracts; tests hold them to it."""

"""What is loaded into Rasa's process: the classifier, the channel and the tracker store.

Written for Python 3.10, because Rasa Open Source 3.6.21 needs it; imports nothing from the gateway.
"""

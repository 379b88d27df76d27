"""Starts the gateway, the Rasa server and the action server, keeps them running and stops them in order.

One process watches the three, so that a helpline needs neither an init system nor containers to try
Porchlight out, and so that nothing is left running when it ends. `programs.py` says what is started.
"""

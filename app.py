"""The Chalice application: every route, queue and schedule of Kabinet, by name."""

from chalice import Chalice

app = Chalice(app_name="kabinet")

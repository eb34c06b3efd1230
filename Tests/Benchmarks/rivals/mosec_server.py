"""mosec serving the undefended Student; started by gateway.py, which says the port and the settings by the environment.

`stages` 1: one kind of worker decodes and infers; 2: `decoders` processes decode, `workers` infer. With a `batch` above 1 mosec
batches dynamically, waiting `wait_ms` at most.
"""

import json
import os

import numpy
from mosec import Server, Worker

from student import Student, settings

SETTINGS = settings()
BUNDLE = os.environ["RIVAL_BUNDLE"]


def student():
    return Student(BUNDLE, SETTINGS["threads"], SETTINGS["spins"])


class Classifier(Worker):
    """Bytes to answer."""

    def __init__(self):
        super().__init__()
        self.student = student()

    def deserialize(self, data):
        return self.student.decode(data)

    def forward(self, data):
        return self.student.classify(data) if SETTINGS["batch"] > 1 else self.student.classify([data])[0]

    def serialize(self, data):
        return json.dumps(data).encode()


class Decoder(Worker):
    """Bytes to input: the first of two stages."""

    def __init__(self):
        super().__init__()
        self.student = student()

    def deserialize(self, data):
        return data

    def forward(self, data):
        return self.student.decode(data)

    def serialize_ipc(self, data):
        return numpy.ascontiguousarray(data).tobytes()


class Inferrer(Classifier):
    """Input to answer: the second of two stages."""

    def deserialize_ipc(self, data):
        return numpy.frombuffer(data, "f4").reshape(3, *self.student.size[::-1])


if __name__ == "__main__":
    server = Server()
    batching = {"max_batch_size": SETTINGS["batch"], "max_wait_time": SETTINGS["wait_ms"]}
    if SETTINGS["stages"] == 2:
        server.append_worker(Decoder, num=SETTINGS["decoders"])
        server.append_worker(Inferrer, num=SETTINGS["workers"], **batching)
    else:
        server.append_worker(Classifier, num=SETTINGS["workers"], **batching)
    server.run()

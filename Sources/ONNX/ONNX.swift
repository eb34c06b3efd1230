internal import NeuralNet

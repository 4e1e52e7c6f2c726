"""Layers by the number of axes of what they take: 2 for signals, 3 for images.

Signals are (samples, channels), images (height, width, channels).
"""

from keras import layers

CONVOLUTION = {2: layers.Conv1D, 3: layers.Conv2D}
MAX_POOLING = {2: layers.MaxPooling1D, 3: layers.MaxPooling2D}
UPSAMPLING = {2: layers.UpSampling1D, 3: layers.UpSampling2D}
CROPPING = {2: layers.Cropping1D, 3: layers.Cropping2D}

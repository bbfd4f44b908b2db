"""How the learning rate moves while training.

Contract: ``build(learning_rate, *, steps_per_epoch, epochs, ...) -> Rate``. The rate's value goes to the
optimizer: a number, or a Keras `LearningRateSchedule`, which is saved inside the ``.keras`` archive. What
cannot be written as a function of the step, such as waiting for a plateau, comes as the rate's callback.
"""

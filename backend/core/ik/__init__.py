"""Whole-body inverse kinematics: wrist, torso and height targets to the arms, torso and height."""
